package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

const rows = 20

func places() []browsertest.Scenario {
	return []browsertest.Scenario{
		{
			Name: "boundaries stand where the parser is particular",
			Page: pages.Places(),
			Watch: map[string]string{
				"tr fallback":     "#rows > tbody > tr:nth-child(2).dots",
				"td fallback":     "#cells > tbody > tr > td:nth-child(2).dots",
				"option fallback": "#choice:has(> option:nth-child(2).dots)",
				"li fallback":     "#list > li:nth-child(2).dots",
				"p fallback":      "#text > i.dots:only-child",
				"tr":              "#rows:not(:has(.dots)) > tbody > tr.tr:nth-child(2) + tr.tr + tr:last-child",
				"td":              "#cells:not(:has(.dots)) > tbody > tr > td.td:nth-child(2) + td.td + td:last-child",
				"option":          "#choice:not(:has(.dots)):has(> option.option:nth-child(2) + optgroup + option:last-child)",
				"li":              "#list:not(:has(.dots)) > li.li:nth-child(2) + li.li + li:last-child",
				"p":               "#text > em.p:only-child",
			},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("tr fallback", "td fallback", "option fallback", "li fallback", "p fallback")
				v.Reveal("p", "li", "option", "td", "tr")
				if !v.Engine().Scripting {
					return
				}
				v.Finished(t)
				parts := v.Picture().Parts
				for id, want := range map[string]string{
					"rows":   `<tbody><tr><td>first</td></tr><tr class="tr"><td>one</td></tr><tr class="tr"><td>two</td></tr><tr><td>last</td></tr></tbody>`,
					"cells":  `<tbody><tr><td>first</td><td class="td">one</td><td class="td">two</td><td>last</td></tr></tbody>`,
					"choice": `<option>first</option><option class="option">one</option> <optgroup label="two"><option>three</option></optgroup><option>last</option>`,
					"list":   `<li>first</li><li class="li">one</li><li class="li">two</li><li>last</li>`,
					"text":   `first, words <em class="p">and</em> more words , last`,
				} {
					if got := strings.Join(strings.Fields(parts[id]), " "); got != want {
						t.Errorf("%s = %s\nwant %s", id, got, want)
					}
				}
			},
		},
		{
			Name:  "a table whose rows are boundaries fills in any order",
			Page:  pages.Table(rows),
			Watch: tableWatch(),
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Waiting("fallbacks")
				var names []string
				for i := range rows {
					names = append(names, fmt.Sprintf("row-%d", i*7%rows+1)) // each once, up and down
				}
				v.Reveal(names...)
				v.Wait("all")
			},
		},
	}
}

func tableWatch() map[string]string {
	watch := map[string]string{
		"fallbacks": fmt.Sprintf("#table > tbody > tr.dots:nth-child(%d)", rows),
		"all":       fmt.Sprintf("#table:not(:has(.dots)) > tbody > tr:last-child.row-%d:nth-child(%[1]d)", rows),
	}
	for i := 1; i <= rows; i++ {
		watch[fmt.Sprintf("row-%d", i)] = fmt.Sprintf("#table > tbody > tr:nth-child(%d).row-%[1]d > td", i)
	}
	return watch
}
