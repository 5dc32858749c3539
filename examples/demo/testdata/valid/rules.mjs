// The rules that the pages of the demo are held to: all that html-validate
// recommends. Each one that is changed says why.
export default {
	extends: ["html-validate:recommended"],
	rules: {
		// The standard takes any case.
		"doctype-style": "off",
		// How the browser writes down an attribute without a value: selected="".
		"attribute-boolean-style": "off",
		"attribute-empty-style": "off",
		// The standard takes any id without a space; the lines of the source are named after their file.
		"valid-id": ["error", {relaxed: true}],
		// The standard says what they are without it: a button of a form submits, an input takes text.
		"no-implicit-button-type": "off",
		"no-implicit-input-type": "off",
		// What scrolls can be focused and therefore has a name and a role, be it a pre or a div.
		"prefer-native-element": ["error", {exclude: ["region"]}],
	},
};
