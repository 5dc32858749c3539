package stream

import (
	"strconv"
)

// The functions of this file write the bytes between the bytes of the page. They
// follow the HTML standard's out-of-order patching,
// https://github.com/whatwg/html/pull/11818. The comment <!/> comes in addition.
// It tells the script unsuspense that a template is complete. A page with keys also
// has it at the end of its shell, and before each chunk the path of the boundary that
// the chunk belongs to, as in <?chunk product/stock>: so the script live knows what has
// come in part when the page was cut, since a browser that patches shows that. These
// bytes are a protocol: pages in caches and the scripts depend on them.

func appendStart(dst []byte, b *boundary) []byte {
	dst = append(dst, `<?start name="`...)
	dst = b.appendID(dst)
	return append(dst, `">`...)
}

func appendEnd(dst []byte) []byte {
	return append(dst, `<?end>`...)
}

func appendChunkStart(dst []byte, b *boundary) []byte {
	if path, ok := b.keyAround(); ok {
		dst = append(dst, `<?chunk`...)
		if path != "" {
			dst = append(append(dst, ' '), path...)
		}
		dst = append(dst, '>')
	}
	dst = append(dst, `<template for="`...)
	dst = b.appendID(dst)
	return append(dst, `">`...)
}

func appendChunkEnd(dst []byte) []byte {
	return append(dst, `</template><!/>`...)
}

// appendShellEnd appends what says that the shell is complete, to a page with keys.
func (p *response) appendShellEnd(dst []byte) []byte {
	if !p.hasKeys() {
		return dst
	}
	return append(dst, `<!/>`...)
}

// maxLevels is the depth down to which ids of boundaries are paths.
const maxLevels = 8

// maxDepth is the largest depth of a boundary. Only a component that places itself
// without end exceeds it. Such a component must not crash the process, whose
// stacks are limited.
const maxDepth = 10_000

// appendID appends the id of b on the wire: the prefix of the response, if there
// is one, and the path of b, such as "k3f9-2.1".
func (b *boundary) appendID(dst []byte) []byte {
	return b.appendPath(append(dst, b.resp.idPrefix()...))
}

// appendPath appends the path of b in the page's tree, such as "2.1". Below
// maxLevels, it appends a number that is unique in the response, such as ".17". No
// other path begins with a dot.
func (b *boundary) appendPath(dst []byte) []byte {
	if b.rare != nil && b.rare.number > 0 {
		return strconv.AppendInt(append(dst, '.'), int64(b.rare.number), 10)
	}
	if b.parent != nil && b.parent.parent != nil {
		dst = append(b.parent.appendPath(dst), '.')
	}
	return strconv.AppendInt(dst, int64(b.index), 10)
}
