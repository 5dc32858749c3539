package rivulet_test

import (
	"regexp"
	"strings"
	"testing"
)

const (
	averageWords = 15 // of the sentences of a page
	mostWords    = 40 // of one sentence
)

var (
	paragraph = regexp.MustCompile(`\n[ \t]*\n|\n(?:[-*]|\d+\.) `)
	code      = regexp.MustCompile("`[^`]*`")
	address   = regexp.MustCompile(`\]\([^)]*\)`)
	sentence  = regexp.MustCompile(`[.!?:] `)
)

// TestSentencesAreShort counts the words of the sentences in the README and in
// docs. A piece of code is a word. Tables and headings do not count.
func TestSentencesAreShort(t *testing.T) {
	for _, page := range docs(t) {
		sentences, words := 0, 0
		for _, p := range paragraph.Split(prose(withoutBlocks(t, page)), -1) {
			p = address.ReplaceAllString(code.ReplaceAllString(p, "X"), "]")
			for _, s := range sentence.Split(strings.Join(strings.Fields(p), " "), -1) {
				n := len(strings.Fields(s))
				if n > mostWords {
					t.Errorf("%s: a sentence has %d words, want at most %d: %s", page, n, mostWords, s)
				}
				if n > 0 {
					sentences, words = sentences+1, words+n
				}
			}
		}
		if sentences > 0 && words > averageWords*sentences {
			t.Errorf("%s: %d sentences have %d words, want at most %d each on average", page, sentences, words, averageWords)
		}
	}
}

// prose returns text without headings, tables, indented blocks and elements.
func prose(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "<") {
			line = "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
