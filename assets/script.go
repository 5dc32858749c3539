package assets

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"sync"
)

//go:generate go run minify.go

//go:embed unsuspense.min.js
var script string

var scriptSum = sync.OnceValue(func() [sha256.Size]byte {
	return sha256.Sum256([]byte(script))
})

// Script returns the text of the script unsuspense, minified, as it stands
// between <script> and </script>.
func Script() string { return script }

// ScriptHash returns the source expression that allows the inline script in a
// Content-Security-Policy without a nonce, with the single quotes that the
// policy wants around it: 'sha256-...'. See
// https://www.w3.org/TR/CSP3/#grammardef-hash-source.
func ScriptHash() string {
	sum := scriptSum()
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// ScriptName returns the last element of the script's URL, such as
// unsuspense.0123abcd.js. It changes with the script's content, so what a
// cache holds under it is never stale.
func ScriptName() string {
	sum := scriptSum()
	return "unsuspense." + hex.EncodeToString(sum[:4]) + ".js"
}
