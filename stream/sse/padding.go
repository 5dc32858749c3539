package sse

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// padding is a comment that is longer than the minimum size of middleware that
// compresses. Such middleware holds back everything until it has so many bytes:
// 1400 for NYTimes/gziphandler, 200 for CAFxX/httpcompression.
var padding = append(append([]byte{':'}, bytes.Repeat([]byte{' '}, 2046)...), '\n')

// needsPadding reports whether w may be middleware that holds back the first bytes
// of a stream: the server's own writer cannot be reached with Unwrap, and the
// client accepts compression.
func needsPadding(w http.ResponseWriter, r *http.Request) bool {
	accepts := strings.Join(r.Header["Accept-Encoding"], ",")
	if accepts == "" || accepts == "identity" {
		return false
	}
	t := reflect.TypeOf(writers.Innermost(w))
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() != "net/http" && !strings.HasPrefix(t.PkgPath(), "net/http/")
}
