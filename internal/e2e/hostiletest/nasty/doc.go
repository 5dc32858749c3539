// Package nasty is a site on which everything goes wrong that a program can do
// to Rivulet, as the query of each request says. The errors and panics of it hold
// a Secret, and its answers the token of their request.
package nasty
