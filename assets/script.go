package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"sync"
)

// A Script is one of the scripts that pages run.
type Script struct {
	// Text is the minified script, as it stands between <script> and </script>.
	Text string
	// Hash is the source expression that allows the inline script in a
	// Content-Security-Policy without a nonce. It includes the single quotes that
	// the policy needs: 'sha256-...'. See
	// https://www.w3.org/TR/CSP3/#grammardef-hash-source.
	Hash string
	// Name is the last element of the URL of the script, such as
	// unsuspense.0123abcd.js. It changes with Text, so a cached script is never
	// out of date.
	Name string
}

// makeScript returns a function that returns the script. The first call computes
// the hash.
func makeScript(name, text string) func() Script {
	return sync.OnceValue(func() Script {
		sum := sha256.Sum256([]byte(text))
		return Script{
			Text: text,
			Hash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
			Name: name + "." + hex.EncodeToString(sum[:4]) + ".js",
		}
	})
}
