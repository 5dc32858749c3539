// Package flights answers questions about some 300,000 flights within the
// United States in the first half of 2001, from an SQLite database that is made
// from embedded data at the first start. It knows nothing of HTML.
//
// Of every flight it has the time of departure, the delay at arrival, and the
// route. There are no carriers in it and no cancelled flights. Where the data
// comes from, under which terms and how it was sampled is told in
// data/ORIGIN.md.
//
// No question is made slow: each is put to all flights as a report would put
// it, in SQL over a table without indexes.
package flights
