// Package movies finds movies by words of their titles, directors' names and
// genres. It uses an SQLite full-text index, which is made in memory from
// embedded data when the program starts. The package does not deal with HTML.
//
// data/ORIGIN.md describes the origin of the data and its known errors.
package movies
