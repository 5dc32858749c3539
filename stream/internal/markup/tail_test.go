package markup_test

import (
	"regexp"
	"testing"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

func cutTail(page string) (head, tail string) {
	end := markup.TailStart([]byte(page))
	return page[:end], page[end:]
}

func TestTail(t *testing.T) {
	for _, tt := range []struct{ name, head, tail string }{
		{"both end tags", "<p>", "</body></html>"},
		{"white space around them", "<p>\n", "</body >\n</html\t>\n"},
		{"comments around them", "<p><!--a-->", "</body><!-- b --></html><!--c-->\n"},
		{"in capitals", "<p>", "</BODY></HTML>"},
		{"only that of body", "<p>", "</body>"},
		{"only that of html", "<p>", "</html>"},
		{"neither", "<p></p>", ""},
		{"the end tag of another element", "<p></body></p>", ""},
		{"another end tag between them", "<p></body></p>", "</html>"},
		{"the wrong order", "</html>", "</body>"},
		{"in an attribute", `<p title="</body></html>">`, ""},
		{"names that start alike", "</bodyguard></htmlx>", ""},
		{"in a comment", "<!-- </body></html> -->", ""},
		{"in a comment that holds the start of another", "<!-- </body> <!-- a -->", "</html>"},
		{"in a comment behind another", "<!-- a --><!-- </body> -->", "</html>"},
		{"an empty comment between them", "<p>", "</body><!--></html>"},
		{"nothing", "", ""},
		{"nothing else", "", "</body></html>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head, tail := cutTail(tt.head + tt.tail)
			if head != tt.head || tail != tt.tail {
				t.Errorf("cutTail(%q) = %q, %q, want %q, %q", tt.head+tt.tail, head, tail, tt.head, tt.tail)
			}
		})
	}
}

func FuzzTail(f *testing.F) {
	for _, s := range []string{"<p></body></html>", "</body>\n<!-- </body> --></html>", "--></html>", "<!--", "</html", "<!-- --></body ></html>x", "</body></body></html>"} {
		f.Add(s)
	}
	const space = `(?:\s|<!--(?:-?>|.*-->))*`
	tags := regexp.MustCompile(`(?is)^` + space + `(?:</body\s*>)?` + space + `(?:</html\s*>)?` + space + `$`)
	f.Fuzz(func(t *testing.T, page string) {
		head, tail := cutTail(page)
		if got := head + tail; got != page {
			t.Errorf("cutTail(%q) = %q, %q, which is %q", page, head, tail, got)
		}
		if !tags.MatchString(tail) {
			t.Errorf("cutTail(%q) holds %q back, want nothing but end tags", page, tail)
		}
	})
}
