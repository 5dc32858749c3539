package markup

import "bytes"

// Holder returns the name of the element in which html ends, if it is one in which
// no marker works and the last tag begins it. It reads no more than that tag.
func Holder(html []byte) string {
	lt := bytes.LastIndexByte(html, '<')
	tag := html[lt+1:]
	gt := bytes.IndexByte(tag, '>')
	if gt < 0 || !isLetter(tag[0]) || !isOdd(html[lt:]) {
		return ""
	}
	end := bytes.IndexAny(tag, " \t\r\n\f/>")
	return string(bytes.ToLower(tag[:end]))
}
