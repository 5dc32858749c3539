// Package repotest compares what the repository says about itself, for its
// hosting site and for those who join, with what is in the tree.
package repotest
