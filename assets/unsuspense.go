package assets

import _ "embed"

//go:generate go run minify.go unsuspense live starthtmx

//go:embed unsuspense.min.js
var unsuspenseText string

var unsuspense = makeScript("unsuspense", unsuspenseText)

// Unsuspense returns the script that puts the chunks of a page in place, in
// browsers that do not do so by themselves.
func Unsuspense() Script { return unsuspense() }
