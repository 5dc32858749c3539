// Package importertest builds programs that are no part of this repository
// against a release of its modules, made of the working tree and served by a
// module proxy that is a folder.
package importertest
