//go:build !linux

package parts

import "os/exec"

// inOwnGroup does nothing: the parts are built and used on Linux.
func inOwnGroup(*exec.Cmd) {}

// terminateGroup ends the command.
func terminateGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// killGroup ends the command.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
