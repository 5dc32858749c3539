package hostiletest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A visitor is an ordinary visitor, which must be served all the time.
type visitor struct {
	site   *Site
	opts   Options
	report *Report
	client *http.Client
	n      uint64
}

func newVisitor(s *Site, o Options, r *Report) *visitor {
	return &visitor{site: s, opts: o, report: r, client: &http.Client{Transport: &http.Transport{}}}
}

// stay visits one page after the other until ctx ends.
func (h *visitor) stay(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.visit(context.WithoutCancel(ctx), 1)
			h.report.sample()
			h.report.complaints()
		}
	}
}

// visit visits the next n pages.
func (h *visitor) visit(ctx context.Context, n int) {
	for range n {
		path := h.site.Healthy[h.n%uint64(len(h.site.Healthy))]
		token := h.report.token(1<<40 + h.n)
		h.n++
		begin := time.Now()
		if err := h.get(ctx, fmt.Sprintf(path, token), token); err != nil {
			h.report.fault("an ordinary visit to %s after %v: %v", path, time.Since(begin), err)
		}
		h.report.mu.Lock()
		h.report.visits = append(h.report.visits, time.Since(begin))
		h.report.mu.Unlock()
	}
}

func (h *visitor) get(ctx context.Context, uri, token string) error {
	ctx, cancel := context.WithTimeout(ctx, h.opts.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.site.Server.Addr+uri, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/html")
	res, err := h.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !WholePage(body) {
		return fmt.Errorf("the answer is %s with %d bytes that end in %q, want a page", res.Status, len(body), body[max(0, len(body)-40):])
	}
	for t := range tokens(body) {
		if t != token {
			return fmt.Errorf("the answer holds the token %s of another request", t)
		}
	}
	return nil
}
