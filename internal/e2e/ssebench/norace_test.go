//go:build !race

package ssebench_test

const raceEnabled = false
