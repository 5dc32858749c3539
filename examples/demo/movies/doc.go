// Package movies finds movies by words of their titles, their directors' names
// and their genres, in an SQLite full-text index that is made in memory from
// embedded data when the program starts. It knows nothing of HTML.
//
// Where the data comes from, and what is known to be wrong with it, is told in
// data/ORIGIN.md.
package movies
