// Package settle is a seam for tests. A response gives loads that end at one
// moment the time to end before it looks at them; how long that takes is up to
// the scheduler, which a test under testing/synctest must not depend on.
package settle

// Hook is called by each response when it has given its loads a turn. It is nil
// but in tests, which set it in TestMain to a function that sleeps for the
// shortest time: under testing/synctest that ends when all else waits.
var Hook func()
