package assets

import _ "embed"

//go:embed live.min.js
var liveText string

var live = makeScript("live", liveText)

// LiveScript returns the text of the script live, minified, as it stands
// between <script> and </script>.
func LiveScript() string { return live().text }

// LiveScriptHash is what [ScriptHash] is, of the script live.
func LiveScriptHash() string { return live().hash }

// LiveScriptName is what [ScriptName] is, of the script live, such as
// live.0123abcd.js.
func LiveScriptName() string { return live().name }
