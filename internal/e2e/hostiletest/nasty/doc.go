// Package nasty is a site on which a program does everything wrong that it can do
// to Rivulet, as the query of each request says. Its errors and panics contain a
// Secret, and its answers contain the token of their request.
package nasty
