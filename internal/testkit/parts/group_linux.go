package parts

import (
	"os/exec"
	"syscall"
)

// inOwnGroup gives the command a process group, and has Linux end it when the
// test binary dies without cleaning up: the signal lets the script stop Ollama,
// and Ollama its model runners.
func inOwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// terminateGroup asks every process of the command's group to end.
func terminateGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// killGroup ends every process of the command's group.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
