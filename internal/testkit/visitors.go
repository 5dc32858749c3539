package testkit

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Visitors is a Client that navigates. It is asked for a URL, the number of
// connections, and how often it gets the URL over each.
func Visitors([]string) (func(string) (string, error), error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 1000}
	return func(question string) (string, error) {
		var url string
		var connections, requests int
		if _, err := fmt.Sscan(question, &url, &connections, &requests); err != nil {
			return "", err
		}
		failures := make([]error, connections)
		var all sync.WaitGroup
		for i := range connections {
			all.Go(func() {
				for range requests {
					r, err := http.NewRequest("GET", url, nil)
					if err == nil {
						r.Header.Set("Sec-Fetch-Dest", "document")
						var res *http.Response
						if res, err = transport.RoundTrip(r); err == nil {
							_, err = io.Copy(io.Discard, res.Body)
							_ = res.Body.Close()
						}
					}
					failures[i] = errors.Join(failures[i], err)
				}
			})
		}
		all.Wait()
		return "", errors.Join(failures...)
	}, nil
}
