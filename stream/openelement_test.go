package stream

import "testing"

func TestOpenElement(t *testing.T) {
	for _, tt := range []struct{ html, want string }{
		{`<!DOCTYPE html><html><body><p>a<ul><li>b</ul></body></html>`, ""},
		{`<body><div><p>a</div>`, ""},
		{`<body><main><p>a</p>`, "main"},
		{`<body><DIV class="a>b"><br><img src=x></body></html>`, ""},
		{`<body><div><span>a</span>`, "div"},
		{`<body><script>if (a<b) "<div>"</script>`, ""},
		{`<body><!-- <div> --><svg><path d="M0"/></svg>`, ""},
		{`<body></div></section>`, ""},
		{`<body>a < b <3 <`, ""},
		{`<body><table><tr><td>a`, "table"},
		{`<body><textarea><b></textarea><i>`, "i"},
		{`<body><div`, ""},
	} {
		if got := openElement([]byte(tt.html)); got != tt.want {
			t.Errorf("openElement(%q) = %q, want %q", tt.html, got, tt.want)
		}
	}
}

func FuzzOpenElement(f *testing.F) {
	f.Add([]byte(`<div a='>'></div><!-- --><script></scr</script>`))
	f.Fuzz(func(t *testing.T, html []byte) { openElement(html) })
}
