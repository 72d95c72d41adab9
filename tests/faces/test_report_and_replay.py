"""The report and the certificates that stand beside it."""

import json

from theorylab.cli import main

CLAIM = "gdpolyak.metric-normal-growth"


def test_the_report_stands_alone_and_its_certificates_are_confirmed_in_another_call(tmp_path, capsys):
    assert main(["verify", CLAIM, "--report", str(tmp_path)]) == 0
    page = (tmp_path / "index.html").read_text()
    assert CLAIM in page and "<math" in page and "the metric projection" in page and "data:image/png;base64" in page
    assert "http" not in page.replace("http://www.w3.org/", "")
    certificate = tmp_path / "certificates" / f"{CLAIM}.json"
    assert main(["replay", str(certificate)]) == 0
    assert "confirmed" in capsys.readouterr().out


def test_a_tampered_certificate_is_rejected(tmp_path, capsys):
    assert main(["verify", CLAIM, "--report", str(tmp_path)]) == 0
    path = tmp_path / "certificates" / f"{CLAIM}.json"
    data = json.loads(path.read_text())
    data["lhs"] = data["lhs"] + " + 1"
    path.write_text(json.dumps(data))
    assert main(["replay", str(path)]) == 1
    assert "REJECTED" in capsys.readouterr().out
