package llm_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// overPipes runs test in a bubble over HTTP/1.1 and over HTTP/2.
func overPipes(t *testing.T, handler func() http.Handler, test func(*testing.T, *testkit.Pipes)) {
	for _, proto := range testkit.Protocols {
		t.Run(proto, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test(t, testkit.ServePipes(t, proto, &http.Server{Handler: handler(), ErrorLog: log.New(io.Discard, "", 0)}))
			})
		})
	}
}

// ask asks a question.
func ask(t *testing.T, p *testkit.Pipes) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://site/", strings.NewReader("question"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := p.Do(r)
	if err != nil {
		t.Fatalf("Do() = %v, want nil", err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
