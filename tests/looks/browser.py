"""Headless Chromium, spoken to over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) through
a pipe."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds for one answer


class Missing(Exception):
    """There is no Chromium on this machine."""


class Browser:
    """One Chromium process with a profile of its own, for `with`."""

    def __enter__(self):
        program = shutil.which("chromium")
        if not program:
            raise Missing("Chromium is missing; on Debian:  apt-get install chromium fonts-dejavu-core")
        self.folder = tempfile.TemporaryDirectory(prefix="lossact-looks-", ignore_cleanup_errors=True)
        arguments = [program, "--headless=new", "--remote-debugging-pipe"]
        arguments += [f"--user-data-dir={self.folder.name}/profile"]
        arguments += ["--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--mute-audio"]
        arguments += ["--disable-extensions", "--disable-background-networking", "--disable-component-update"]
        arguments += ["--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        # The browser reads its file 3 and writes its file 4; ours lie above, so that no duplicate closes another.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (*os.pipe(), *os.pipe())]
        self.process = subprocess.Popen(
            arguments,
            close_fds=False,
            preexec_fn=lambda: (os.dup2(ends[0], 3), os.dup2(ends[3], 4)),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder.name},
        )
        os.close(ends[0]), os.close(ends[3])
        self.read_end, self.write_end = ends[2], ends[1]
        self.buffer, self.count, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Browser.setDownloadBehavior", behavior="deny")
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(10)
        except Exception:  # however it ended, it ends here
            self.process.kill()
            self.process.wait()
        os.close(self.read_end), os.close(self.write_end)
        self.folder.cleanup()

    session = None

    def call(self, method, **parameters):
        """Sends a command and returns its result; events that come before it are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data) :]
        while (answer := self._next(PATIENCE, method)).get("id") != self.count:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, expression):
        """The value of an expression of JavaScript in the page, a promise's when it is kept."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def look(self, width, height=900, media="", scheme="light"):
        """How the page is seen: its width, on a screen or a print, in the light or the dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def open(self, path):
        """Opens a file, waits until it is loaded, and forgets the events of the page before."""
        self.events.clear()
        answer = self.call("Page.navigate", url=path.resolve().as_uri())
        if "errorText" in answer:
            raise RuntimeError(f"{path}: {answer['errorText']}")
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next(PATIENCE, f"loading {path}"))
        self.settle()

    def settle(self):
        """Waits until what the page does on a change of its size or colours is done and drawn."""
        frame = "await new Promise(requestAnimationFrame);"
        self.evaluate(f"(async () => {{ await document.fonts.ready; {frame * 3} }})()")

    def _next(self, patience, what):
        end = time.monotonic() + patience
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read_end], [], [], max(0, end - time.monotonic()))
            part = os.read(self.read_end, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError(f"Chromium {'ended' if ready else 'gave no answer'} at {what}")
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)
