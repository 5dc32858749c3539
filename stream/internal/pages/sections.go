package pages

import "strconv"

// Sections returns n sections, each with a number of rows.
func Sections(n, rows int) []Section {
	sections := make([]Section, n)
	for i := range sections {
		for j := range rows {
			sections[i].Rows = append(sections[i].Rows, Row{
				Name:  "Article <" + strconv.Itoa(j) + ">",
				Note:  `"fresh" & good`,
				Price: strconv.Itoa(i*rows+j) + ".50",
			})
		}
	}
	return sections
}

// Nested returns n sections, each with n sections and so on, for a number of
// levels.
func Nested(n, levels, rows int) []Section {
	sections := Sections(n, rows)
	if levels > 1 {
		for i := range sections {
			sections[i].Sections = Nested(n, levels-1, rows)
		}
	}
	return sections
}
