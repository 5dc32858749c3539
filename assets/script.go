package assets

import (
	_ "embed"
)

//go:generate go run minify.go unsuspense live

//go:embed unsuspense.min.js
var unsuspenseText string

var unsuspense = makeScript("unsuspense", unsuspenseText)

// Script returns the text of the script unsuspense, minified, as it stands
// between <script> and </script>.
func Script() string { return unsuspense().text }

// ScriptHash returns the source expression that allows the inline script in a
// Content-Security-Policy without a nonce, with the single quotes that the
// policy wants around it: 'sha256-...'. See
// https://www.w3.org/TR/CSP3/#grammardef-hash-source.
func ScriptHash() string { return unsuspense().hash }

// ScriptName returns the last element of the script's URL, such as
// unsuspense.0123abcd.js. It changes with the script's content, so what a
// cache holds under it is never stale.
func ScriptName() string { return unsuspense().name }
