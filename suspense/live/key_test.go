package live_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A region with a key is requested with its order, and without the script.
func TestRegionsHaveKeys(t *testing.T) {
	r := board
	r.Script = stream.Script{}
	c := live.Await(r, nil, pagetest.Value(0, "1"), html, suspense.Key("games"))
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("Rivulet", "games")
	w := httptest.NewRecorder()
	stream.Handler(stream.Component(c)).ServeHTTP(w, req)
	got := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(got, `<?start name="games"><?start name="board.live">`) || !strings.HasSuffix(got, `<?end name="board.live"><?end name="games">`) ||
		!strings.Contains(got, `<?live board `) || strings.Contains(got, "<script") {
		t.Errorf("answer = %d %s", w.Code, got)
	}
}

// The script would take one for the other.
func TestKeysAreNoNamesOfRegions(t *testing.T) {
	err := live.Await(board, nil, pagetest.Value(0, "1"), html, suspense.Key("board")).Render(t.Context(), io.Discard)
	if want := `live: key "board" is the name of the region`; err == nil || err.Error() != want {
		t.Errorf("Render() = %v, want %s", err, want)
	}
}
