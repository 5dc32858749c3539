package whole_test

import (
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/whole"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []string
		want  []string // the result of each Add, and Rest
	}{
		{"nothing", nil, []string{""}},
		{"whole characters", []string{"a", "", "€😀"}, []string{"a", "", "€😀", ""}},
		{"cut characters", []string{"a\xe2", "\x82", "\xacb\xf0\x9f\x98", "\x80"}, []string{"a", "", "€b", "😀", ""}},
		{"no end of a character", []string{"a\xf0\x9f\x98"}, []string{"a", "\xf0\x9f\x98"}},
		{"a cut line end", []string{"1\r", "\n2"}, []string{"1", "\r\n2", ""}},
		{"carriage returns", []string{"1\r", "\r", "2\r"}, []string{"1", "\r", "\r2", "\r"}},
		{"bytes that are no UTF-8", []string{"\xff", "\x80\x80\x80\x80"}, []string{"\xff", "\x80\x80\x80\x80", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text whole.Text
			var got []string
			for _, part := range c.parts {
				got = append(got, text.Add(part))
			}
			if got = append(got, text.Rest()); !slices.Equal(got, c.want) {
				t.Errorf("Add and Rest = %q, want %q", got, c.want)
			}
		})
	}
}
