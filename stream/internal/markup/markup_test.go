package markup_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// hole stands for the place of a marker in the tests.
const hole = "@"

// within returns what is said of each hole in page.
func within(s *markup.Scanner, page string) []string {
	parts := strings.Split(page, hole)
	var holes []int
	n := 0
	for _, part := range parts[:len(parts)-1] {
		n += len(part)
		holes = append(holes, n)
	}
	got := make([]string, len(holes))
	s.Read([]byte(strings.Join(parts, "")), holes, func(i int, in string) { got[i] = in })
	return got
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{`<!doctype html><html><head>@<title>a</title>@</head><body>@<p>@</p>@</body>`, ",,,,"},
		{`<title>@</title>@`, "title,"},
		{`<TITLE lang=en>a <b>@</b> @</TiTlE >@`, "title,title,"},
		{`<textarea>@</textarea@>@`, "textarea,tag,"},
		{`<style>@</style><script>@</script>@`, "style,script,"},
		{`<script><!-- <script> @ </script> @ --></script>@`, "script,script,"},
		{`<script><!-- </script>@ <!--> @`, ","},
		{`<xmp>@</xmp><iframe>@</iframe><noembed>@</noembed><noframes>@</noframes>@`, "xmp,iframe,noembed,noframes,"},
		{`<head><noscript>@</noscript><body><noscript><p>@</p></noscript>@`, "noscript,noscript,"},
		{`<plaintext>@</plaintext>@`, "plaintext,plaintext"},
		{`<!--@-->@<!-->@<!--->@<!--a--!>@<!-- <p>@</p> -->`, "comment,,,,,comment"},
		{`<!doctype@ html>@<?php @ ?>@</ @>@`, "comment,,comment,,comment,"},
		{`<a href="@">@<a title='>@'@>@<a @b=c@>@</a @>@`, "tag,,tag,tag,,tag,tag,,tag,"},
		{`<a b"c>@</a><a b==">@">@`, ",,"},
		{`a < @b <3 <@`, ","},
		{`a <@b>`, ""},
		{`<template>@<p>@</p></template>@`, "template,template,"},
		{`<template><template></template>@</template>@`, "template,"},
		{`<svg>@<g>@</g><path d="M0"/>@</svg>@`, "svg,svg,svg,"},
		{`<svg><title>@</title><desc>@</desc><foreignObject><p>@</p></foreignObject>@</svg>`, ",,,svg"},
		{`<svg><style>@</style><![CDATA[<@p>]]>@</svg>`, "svg,comment,svg"},
		{`<svg><g><p>@</p>@`, ","},
		{`<svg><font>@</font></svg><svg><font color=red>@</font>`, "svg,"},
		{`<math><mi>@</mi><mrow>@</mrow></math>@`, ",math,"},
		{`<table>@<tr>@<td>@</table><select>@<option>@</select>@`, ",,,,,"},
		{`<html><frameset>@<frame src=a></frameset>`, "frameset"},
	} {
		t.Run(tt.page, func(t *testing.T) {
			if got := strings.Join(within(new(markup.Scanner), tt.page), ","); got != tt.want {
				t.Errorf("Within() = %q, want %q", got, tt.want)
			}
		})
	}
}

// A page that is read in two parts is read like the whole.
func TestReadOn(t *testing.T) {
	for _, tt := range []struct{ first, second string }{
		{"<title>a", "@</title>@"},
		{"<p title='", "@'>@"},
		{"<p title=a", " @>@"},
		{"<!-- a", "@-->@"},
		{"<svg><g>", "@</g></svg>@"},
		{"<template>", "@</template>@"},
	} {
		t.Run(tt.first, func(t *testing.T) {
			s := new(markup.Scanner)
			s.Read([]byte(tt.first), nil, nil)
			if got := within(s, tt.second); got[0] == "" || got[1] != "" {
				t.Errorf("Within() = %q behind %q, want something and then nothing", got, tt.first)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{`<!DOCTYPE html><html><body><p>a<ul><li>b</ul></body></html>`, ""},
		{`<body><div><p>a</div>`, ""},
		{`<body><main><p>a</p>`, "main"},
		{`<body><DIV class="a>b"><br><img src=x></body></html>`, "div"},
		{`<body><div><span>a</span>`, "div"},
		{`<body><script>if (a<b) "<div>"</script>`, ""},
		{`<body><!-- <div> --><svg><path d="M0"/></svg>`, ""},
		{`<body></div></section>`, ""},
		{`<body>a < b <3 <`, ""},
		{`<body><table><tr><td>a`, "table"},
		{`<body><textarea><b></textarea><i>`, "i"},
		{`<body><p>a`, "p"},
		{`<body><ul><li>a</ul>`, ""},
		{`<body><b>a<p>b</b>c</p>`, ""}, // not sure
		{`<title>a</title>`, ""},
		{`<svg><g>`, "svg"},
	} {
		t.Run(tt.page, func(t *testing.T) {
			s := new(markup.Scanner)
			s.Read([]byte(tt.page), nil, nil)
			if got := s.Open(); got != tt.want {
				t.Errorf("Open() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStrays(t *testing.T) {
	// The fallback stands between [ and ].
	for _, tt := range []struct{ page, want string }{
		{`<p>[<span>a</span>]</p>`, ""},
		{`<p>[<div>a</div>]</p>`, "p"},
		{`<p><button>[<div>a</div>]</button></p>`, ""},
		{`<ul><li>[<li>a</li>]</ul>`, "li"},
		{`<ul>[<li>a]</ul>`, "ul"},
		{`<ul>[<li>a</li>]</ul>`, ""},
		{`<dl><dt>[<dd>a</dd>]</dl>`, "dt"},
		{`<a href=b>[<a href=c>d</a>]</a>`, "a"},
		{`<button>[<button>a</button>]</button>`, "button"},
		{`<form>[<form></form>]</form>`, "form"},
		{`<h1>[<h2>a</h2>]</h1>`, "h1"},
		{`<select><option>[<option>a</option>]</select>`, "option"},
		{`<select>[<option>a</option>]</select>`, ""},
		{`<table>[<tr><td>a</td></tr>]</table>`, "table"},
		{`<table><tbody>[<tr><td>a</td></tr>]</tbody></table>`, ""},
		{`<table><tr>[<td>a</td>]</tr></table>`, ""},
		{`<table><tbody>[<div>a</div>]</tbody></table>`, "tbody"},
		{`<table><tbody>[text]</tbody></table>`, "tbody"},
		{`<table><tbody>[ ]</tbody></table>`, ""},
		{`<table><tr><td>[<div>a</div>]</table>`, ""},
		{`<div>[<tr><td>a</td></tr>]</div>`, ""},
		{`<div>[</div>]`, "div"},
		{`<div>[<span>]</div>`, "div"},
		{`<div>[<!-- ]</div>`, "div"},
		{`<div>[<textarea>]</div>`, "div"},
		{`<head>[<title>a</title>]</head>`, ""},
		{`<head>[<p>a</p>]</head>`, "head"},
		{`<title>a</title>[<p>a</p>]`, "head"},
		{`[<p>a</p>]`, "#document"},
		{`<html>[<p>a</p>]`, "html"},
		{`</head>[<p>a</p>]`, "html"},
		{`<body></body>[<p>a</p>]</html>`, "html"},
		{`<body>[<p>a</p>]</body></html>`, ""},
		{`<body>[<p>a]</body></html>`, "body"},
		{`<b>[<p>a</b>]`, ""}, // not sure
		{`<p><b>x</p>[text]`, "body"},
	} {
		t.Run(tt.page, func(t *testing.T) {
			if strays := check(tt.page); strays != tt.want {
				t.Errorf("Strays() = %q, want %q", strays, tt.want)
			}
		})
	}
}

func check(page string) string {
	page = strings.NewReplacer("[", `<?start name="1">`, "]", "<?end>").Replace("<!doctype html>" + page)
	s := new(markup.Scanner)
	if !strings.Contains(page, "#document") {
		s.Read([]byte(page), nil, nil)
	}
	var parents []string
	for _, stray := range s.Strays() {
		parents = append(parents, stray.Parent)
	}
	return strings.Join(parents, ",")
}

func TestChunk(t *testing.T) {
	for _, tt := range []struct {
		content, within string
		closed          bool
	}{
		{`<p>a`, "", false},
		{`a`, "", false},
		{`<!-- a`, "comment", false},
		{`<textarea>`, "textarea", false},
		{`<p title="`, "tag", false},
		{`<template>`, "template", false},
		{`<template></template>`, "", false},
		{`a</template>`, "", true},
		{`<tr><td>a</td></tr><tr>`, "", false},
	} {
		t.Run(tt.content, func(t *testing.T) {
			s := markup.Chunk()
			s.Read([]byte(tt.content), nil, nil)
			if got := s.Within(); got != tt.within {
				t.Errorf("Within() = %q, want %q", got, tt.within)
			}
			if got := s.Closed(); got != tt.closed {
				t.Errorf("Closed() = %v, want %v", got, tt.closed)
			}
		})
	}
}

func TestHint(t *testing.T) {
	for _, tt := range []struct {
		html, tag string
		odd       bool
	}{
		{"", "", false},
		{"text", "", false},
		{"<p>a", "<p>", false},
		{"</p>", "</p>", false},
		{`<a href="b">`, `<a href="b">`, false},
		{`<a href="`, "", true},
		{`<a title="a > `, "", true},
		{`<a title='a > `, "", true},
		{`<a title="don't">`, `<a title="don't">`, false},
		{"<title>", "", true},
		{"<SVG width=1>a", "", true},
		{"<section>", "<section>", false},
		{"<!-- a", "", true},
		{"<!-- a > b", "", true},
		{"<!-- a -->", "<!--", false},
		{"<", "", true},
		{`<?start name="a">`, "", false},
		{`<p>a<?start name="a">`, "<p>", false},
		{`<p><?start name="a"><?end name="a"> <?start name="b">`, "<p>", false},
		{`<p><?start name="a`, "", true},
		{`<title><?start name="a">`, "", true},
		{`<!-- <?start name="a">`, "", true},
		{`<a title='<?start name="a">`, "", true},
	} {
		tag, odd := markup.Hint([]byte(tt.html))
		if odd {
			tag = nil // of no meaning
		}
		if string(tag) != tt.tag || odd != tt.odd {
			t.Errorf("Hint(%q) = %q, %v, want %q, %v", tt.html, tag, odd, tt.tag, tt.odd)
		}
	}
}

// hostile is what takes a parser long that is not careful.
var hostile = []string{
	"<b>", "<p>", "<div>", "<a>", "<table>", "<table><tr><td>", "<svg>", "<template>", "</b>", "<!--", "<!-->", "<", "</",
	"<script>", "<script><!--", "<script><!--<script>", "<i><p></i>", "<p><button>", "</p>", "<li>", "<font>", "<table><a>", "<x a='", `<x a="`,
	"<textarea></textarea", "</textarea", `<?start name="1">`, "<?end>", "<select><option>", "<form></form>", "<h1>", "<dd>", "<nobr>", "-->", "--", "<![CDATA[",
}

// What is not linear takes minutes here.
func TestLinear(t *testing.T) {
	testkit.SkipWithRace(t, "six times as slow, and one goroutine reads")
	const size = 1 << 20
	for _, s := range hostile {
		for _, page := range [][]byte{
			bytes.Repeat([]byte(s), size/len(s)),
			slices.Concat(bytes.Repeat([]byte(s), size/2/len(s)), bytes.Repeat([]byte("</p></b><div><li>"), size/2/17)),
			slices.Concat([]byte("<p><button>"), bytes.Repeat([]byte("<span>"), 20000), bytes.Repeat([]byte(s+"<div></x>"), size/2/len(s+"<div></x>"))),
		} {
			start := time.Now()
			sc := new(markup.Scanner)
			sc.Read(page, nil, nil)
			sc.Strays()
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%q: %v", s, took)
			}
		}
	}
}

func FuzzScanner(f *testing.F) {
	f.Add(strings.Join(hostile, ""), 7)
	f.Add(`<div a='>'></div><!-- --><script></scr</script>`, 3)
	f.Fuzz(func(t *testing.T, page string, cut int) {
		for _, s := range []*markup.Scanner{new(markup.Scanner), markup.Chunk()} {
			cut := min(max(cut, 0), len(page))
			var holes []int
			for i := 0; i <= cut; i += 3 {
				holes = append(holes, i)
			}
			said := 0
			s.Read([]byte(page[:cut]), holes, func(i int, _ string) {
				if i != said {
					t.Fatalf("hole %d is reported, want %d", i, said)
				}
				said++
			})
			if said != len(holes) {
				t.Fatalf("%d holes are reported, want %d", said, len(holes))
			}
			s.Read([]byte(page[cut:]), nil, nil)
			s.Open()
			s.Strays()
			s.Closed()
			s.Within()
		}
		markup.Hint([]byte(page))
	})
}

func TestHolder(t *testing.T) {
	for html, want := range map[string]string{
		"": "", "text": "", "<b>": "", "</title>": "", "<title>": "title", "<TITLE lang='en'>News: 1 > 2": "title", "<textarea\nname=a>": "textarea",
		"<svg>": "svg", "<svg/>": "svg", "<svg": "", "<title><b>": "", "<": "", "a < b": "", "<>": "", "<!-- -->": "", `<?start name="a">`: "", "<section>": "",
	} {
		if got := markup.Holder([]byte(html)); got != want {
			t.Errorf("Holder(%q) = %q, want %q", html, got, want)
		}
	}
}
