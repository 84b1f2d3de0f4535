package lexical

// DocumentFrequency is the number of rows that hold token, as Analyze gives it; 0 for an unknown token.
func (x *Index) DocumentFrequency(token string) (n int, err error) {
	if x.segment == nil {
		return 0, nil
	}
	defer recoverDamage(&err)
	dictionary, err := x.segment.Dictionary(field)
	if err != nil {
		return 0, err
	}
	list, err := dictionary.PostingsList([]byte(token), nil, nil)
	if err != nil {
		return 0, err
	}
	return int(list.Count()), nil
}
