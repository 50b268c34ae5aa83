// Command tlogcheck checks a receipt with Go's own transparency log packages, as an outsider would.
//
// usage: tlogcheck VKEY RECEIPT
//
// It opens the checkpoint with note.Open, computes the entry from the record and salt in the receipt, and checks the
// inclusion proof with tlog.CheckRecord. Exit status 0 when all holds, 1 when not, 2 on bad usage.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tlogcheck VKEY RECEIPT")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[2])
	if err == nil {
		err = check(os.Args[1], string(text))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlogcheck:", err)
		os.Exit(1)
	}
}

func check(vkey, receipt string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	head, checkpoint, ok := strings.Cut(receipt, "\n\n")
	if !ok {
		return fmt.Errorf("no checkpoint in the receipt")
	}
	opened, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	tree, err := readHead(opened.Text, verifier.Name())
	if err != nil {
		return err
	}
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a proof")
	}
	entry, err := readEntry(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

func readHead(text, origin string) (tree tlog.Tree, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return tree, fmt.Errorf("the checkpoint is of the log %q", lines[0])
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// readEntry computes the leaf data from the receipt's extra: docs/formats/ledger.md, "Entry" and "Receipt".
func readEntry(encoded string) ([]byte, error) {
	extra, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	var parts struct {
		Record json.RawMessage `json:"record"`
		Salt   string          `json:"salt"`
	}
	if err := json.Unmarshal(extra, &parts); err != nil {
		return nil, err
	}
	salt, err := hex.DecodeString(parts.Salt)
	if err != nil || len(salt) != 32 {
		return nil, fmt.Errorf("the salt is not 32 bytes")
	}
	entry := sha256.Sum256(bytes.Join([][]byte{[]byte("guiju/entry/v1\x00"), salt, parts.Record}, nil))
	return entry[:], nil
}
