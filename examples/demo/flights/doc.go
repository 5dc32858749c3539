// Package flights answers questions about some 300,000 flights within the United
// States in the first half of 2001, from an SQLite database. The database is made
// from embedded data when the program starts for the first time. The package does
// not deal with HTML.
//
// Each flight has its time of departure, its delay at arrival and its route. The
// data has no carriers and no cancelled flights. data/ORIGIN.md describes its
// origin, its terms and how it was sampled.
//
// No query is slowed down artificially. Each one reads all flights, as a report
// would, in SQL on a table without indexes.
package flights
