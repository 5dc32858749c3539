package markup

import "bytes"

// TailStart returns where the end tags of body and html begin, or len(page).
// White space and comments after them belong to the tail, so that templates stay
// children of body even in a DOM that has been serialized and parsed again.
func TailStart(page []byte) int {
	end := len(page)
	rest, ok := cutEndTag(cutSpace(page), "html")
	if ok {
		end = len(rest)
		rest = cutSpace(rest)
	}
	if rest, ok = cutEndTag(rest, "body"); ok {
		end = len(rest)
	}
	return end
}

// cutSpace cuts white space and comments off the end of b.
func cutSpace(b []byte) []byte {
	for {
		b = bytes.TrimRight(b, " \t\r\n\f")
		if !bytes.HasSuffix(b, []byte("-->")) {
			return b
		}
		i := bytes.LastIndex(b, []byte("<!--"))
		if i < 0 {
			return b
		}
		// A comment may contain text that looks like the start of another.
		if j := bytes.LastIndex(b[:i], []byte("<!--")); j >= 0 && !bytes.Contains(b[j:i], []byte("-->")) {
			return b
		}
		b = b[:i]
	}
}

// cutEndTag cuts the end tag of the element name off the end of b.
func cutEndTag(b []byte, name string) ([]byte, bool) {
	i := bytes.LastIndexByte(b, '<')
	if i < 0 || !bytes.HasPrefix(b[i:], []byte("</")) || !bytes.HasSuffix(b, []byte(">")) {
		return b, false
	}
	tag := bytes.TrimRight(b[i+2:len(b)-1], " \t\r\n\f")
	if !bytes.EqualFold(tag, []byte(name)) {
		return b, false
	}
	return b[:i], true
}
