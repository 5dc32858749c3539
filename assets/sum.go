package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"sync"
)

// A script is one of the files that pages run.
type script struct {
	text, hash, name string
}

// makeScript returns a function that returns the script, summed when it is
// asked for first.
func makeScript(name, text string) func() script {
	return sync.OnceValue(func() script {
		sum := sha256.Sum256([]byte(text))
		return script{
			text: text,
			hash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
			name: name + "." + hex.EncodeToString(sum[:4]) + ".js",
		}
	})
}
