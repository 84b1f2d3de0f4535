package learn

var (
	kBias      = kind("bias")
	kRaw       = kind("raw")
	kWord      = kind("word")
	kBrief     = kind("brief")
	kShape     = kind("shape")
	kClass     = kind("class")
	kPrefix    = kind("prefix")
	kSuffix    = kind("suffix")
	kPair      = kind("pair")
	kBriefPair = kind("brief pair")
	kAround    = kind("around")
	kTriple    = kind("triple")
	kFirst     = kind("first")
	kLast      = kind("last")
	kBrackets  = kind("brackets")
)

// wordAttributes are those of the word itself and its place.
func (v *view) wordAttributes(i int) {
	w := &v.words[i]
	v.add(i, kBias)
	v.add(i, kRaw, w.raw)
	for k := range w.prefix {
		v.add(i, kPrefix, uint64(k), w.prefix[k])
		v.add(i, kSuffix, uint64(k), at(0), w.suffix[k])
	}
	if i == 0 {
		v.add(i, kFirst)
	}
	if i == len(v.words)-1 {
		v.add(i, kLast)
	}
	if v.near(i, -1).text == "(" && v.near(i, 1).text == ")" {
		v.add(i, kBrackets)
	}
}

// contextAttributes are those of the words from two before to two after.
func (v *view) contextAttributes(i int) {
	for o := -2; o <= 2; o++ {
		n := v.near(i, o)
		v.add(i, kWord, at(o), n.norm)
		v.add(i, kBrief, at(o), n.brief)
		v.add(i, kClass, at(o), n.class)
	}
	for o := -1; o <= 1; o++ {
		n := v.near(i, o)
		v.add(i, kShape, at(o), n.shape)
		if o != 0 {
			v.add(i, kSuffix, 2, at(o), n.suffix[2])
			v.add(i, kSuffix, 3, at(o), n.suffix[3])
		}
	}
	for o := -2; o <= 1; o++ {
		a, b := v.near(i, o), v.near(i, o+1)
		v.add(i, kPair, at(o), a.norm, b.norm)
		v.add(i, kBriefPair, at(o), a.brief, b.brief)
	}
	v.add(i, kAround, v.near(i, -1).norm, v.near(i, 1).norm)
}

// unspacedAttributes are those of a token that is a character of a script without spaces, such as Han or Thai: words are
// several tokens there, so that two tokens to either side are less than two words.
func (v *view) unspacedAttributes(i int) {
	if !v.words[i].unspaced() {
		return
	}
	v.add(i, kWord, at(-3), v.near(i, -3).norm)
	v.add(i, kWord, at(3), v.near(i, 3).norm)
	for o := -2; o <= 0; o++ {
		v.add(i, kTriple, at(o), v.near(i, o).norm, v.near(i, o+1).norm, v.near(i, o+2).norm)
	}
}
