package hostiletest

import (
	"bufio"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// queries are attacks by what a visitor types or puts into an address.
var queries = []Attack{
	{"query: hostile values", hostileValues},
	{"query: broken escapes", brokenEscapes},
	{"query: path tricks", pathTricks},
}

// values are input of visitors that try to inject something into a page, a log, a
// header or a database query.
var values = []string{
	Mark + ` onload=alert(1)>`,
	`">` + Mark + `>`,
	`'>` + Mark + `>`,
	`</script>` + Mark + `>`,
	`</title></textarea></style>` + Mark + `>`,
	`<!--` + Mark,
	`-->` + Mark + `>`,
	`<template for="1">` + Mark + `></template><!/>`,
	`<?start name="1">` + Mark + `<?end>`,
	`<?marker name="x"><p data-r="https://evil.example/" data-n="1">` + Mark,
	`<plaintext>` + Mark,
	"a\r\nSet-Cookie: " + Mark,
	"a\x00b", "\xff\xfe", "\u202e\u2066", "\ufeff", strings.Repeat("𝒜", 300),
	`' OR 1=1 --`, `"; DROP TABLE flights; --`, `%' ESCAPE '`, `NEAR(a b`, `"unbalanced`, `*`, `a AND`,
	`{{.}}`, `${7*7}`, `../../etc/passwd`, `%n%s%p`, `1e309`, `-1`, `NaN`, `99999999999999999999`,
	`javascript:alert(1)`, `data:text/html,` + Mark,
}

// Value is a value that a hostile visitor types.
func (v *Assault) Value() string { return Value(v.IntN) }

// Value is one of the values, as a random number says.
func Value(intN func(int) int) string { return values[intN(len(values))] }

// hostileValues gives known and unknown parameters such values.
func hostileValues(v *Assault) {
	t, token := v.Page()
	path, query, _ := strings.Cut(t.URI, "?")
	q, _ := url.ParseQuery(query)
	for name := range q {
		if v.IntN(3) == 0 && !strings.Contains(q.Get(name), token) {
			q.Set(name, v.Value())
		}
	}
	for range v.IntN(4) {
		q.Add(v.Value(), v.Value())
	}
	t.URI = path + "?" + q.Encode()
	v.ask(t, token)
}

// brokenEscapes has an address that cannot be decoded, or not in one way.
func brokenEscapes(v *Assault) {
	t, token := v.Page()
	tails := []string{"&%", "&a=%zz", "&a=%u0041", ";b=c", "&a=%00", "&&&===", "&a[]=1&a[b]=2", "#frag", "?x", "&a=\xff", "&" + strings.Repeat("a=b&", 2000)}
	t.URI += tails[v.IntN(len(tails))]
	v.ask(t, token)
}

// pathTricks asks for the same page, or another, by odd paths.
func pathTricks(v *Assault) {
	t, token := v.Page()
	heads := []string{"//evil.example", "/./", "/%2e%2e/", "/..", "/%00", "//", "http://evil.example", "/;a=b", "/\\", "*"}
	t.URI = heads[v.IntN(len(heads))] + t.URI
	t.Echoes, t.Whole = false, nil
	v.ask(t, token)
}

// ask sends one request and judges its answer.
func (v *Assault) ask(t Target, token string) {
	c := v.Dial()
	if c == nil {
		return
	}
	defer c.Close()
	_, _ = io.WriteString(c, v.Request(t, v.headers()))
	v.Judge(t, v.Read(bufio.NewReader(c), t.Method), token)
}

func sortedKeys(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }
