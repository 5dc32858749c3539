package main

import (
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestAMessageIsShownOnce(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	visitor, shop := streamtest.Client{Jar: jar}, routes()
	order := httptest.NewRequest("POST", "/orders", strings.NewReader("article=tea"))
	order.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	to := visitor.Do(t, shop, order).Redirect

	page := visitor.Get(t, shop, to)
	if want := "Thank you for tea."; !strings.Contains(page.HTML, want) {
		t.Errorf("the page lacks %q\n%s", want, page)
	}
	for range 3 {
		if page := visitor.Get(t, shop, to); strings.Contains(page.HTML, "Thank you") {
			t.Errorf("the page has a message\n%s", page)
		}
	}
}
