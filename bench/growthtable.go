package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
)

// growthPoints are the rows of the table, by size.
type growthPoints []growthPoint

func (points growthPoints) has(sentences int) bool {
	return slices.ContainsFunc(points, func(p growthPoint) bool { return p[atSize] == float64(sentences) })
}

// readGrowth reads what an earlier run measured; none where there is no such file.
func readGrowth(path string) (points growthPoints, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read %s: no table: %w", path, err)
	}
	for n, row := range rows[1:] {
		p := growthPoint{}
		for i, cell := range row {
			if p[rows[0][i]], err = strconv.ParseFloat(cell, 64); err != nil {
				return nil, fmt.Errorf("read %s: row %d: %w", path, n+2, err)
			}
		}
		points = append(points, p)
	}
	return points, nil
}

func (points growthPoints) write(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows := [][]string{growthColumns}
	for _, p := range points {
		row := []string{strconv.Itoa(int(p[atSize]))}
		for _, column := range growthColumns[1:] {
			row = append(row, strconv.FormatFloat(p[column], 'g', 4, 64))
		}
		rows = append(rows, row)
	}
	return csv.NewWriter(f).WriteAll(rows)
}
