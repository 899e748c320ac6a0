#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job from another program: take in, verify, confirm, handle, notify, answer, see who has answered.

    ./dev up
    clients/python/main_job.py 127.0.0.1:7400 --accounts .run/accounts.txt

Two people act: the district's duty officer, and whoever is on duty in 岭北街道 right now. Their passwords are in the
file that `huying admin load-directory --passwords-to FILE` wrote. What it does is an emergency in the realm that the
accounts sign in to: use it against a system of your own, not a live one.
"""
import argparse
import sys

from huying_client import Client, Refused

DIRECTORY = "huying.directory.v1.DirectoryService/"
INCIDENT = "huying.incident.v1.IncidentService/"
ALERT = "huying.alert.v1.AlertService/"
DUTY = "zhao-ming"
SUBDISTRICT = "230407001000"
SUBDISTRICT_POST = "posts/lingbei-duty"


def read_accounts(path):
    """Lines of `accounts/zhao-ming PASSWORD`."""
    with open(path, encoding="utf-8") as lines:
        return dict(line.split(maxsplit=1) for line in map(str.strip, lines) if line)


def sign_in(options, passwords, account, post=""):
    client = Client(options.server, ca=options.ca)
    me = client.sign_in(account, passwords[f"accounts/{account}"], post)["actor"]
    print(f"signed in: {me['person_name']}, {me['post_name']}")
    return client


def handle(duty):
    """From the first call to first handling; the incident's name."""
    receipt = duty.call(INCIDENT + "TakeIntake", event_class="ACCIDENT", title="示例: 居民楼燃气泄漏",
                        area="230407001001", place="平安社区 3 号楼", description="闻到燃气味",
                        reporter={"person_name": "示例报告人", "phone": "13800000000", "source": "网格员"})
    name = receipt["name"]
    print(f"{name}: {receipt['state']}")
    steps = [("TakeOver", {}),
             ("ConfirmIncident", {"lead_department": "units/emergency",
                                  "figures": {"injured": 2, "source": "网格员"}}),
             ("StartFirstHandling", {"action": "关闭总阀, 疏散楼内人员"})]
    for step, fields in steps:
        print(f"{step}: {duty.call(INCIDENT + step, name=name, **fields)['state']}")
    return name


def notify(duty, incident):
    receipt = duty.call(ALERT + "IssueNotice", title="燃气泄漏处置通知", text="请岭北街道到岗并疏散周边居民",
                        target_areas=[SUBDISTRICT], refers_to=incident, urgent=True, tiers=["SUBDISTRICT"],
                        legal_basis=[{"kind": "LAW", "title": "突发事件应对法", "article": "第七十三条",
                                      "version_date": "2024-06-28"}])
    print(f"{receipt['name']}: {receipt['state']}")
    return receipt["name"]


def show_answers(duty, alert):
    for node in duty.call(ALERT + "GetRollUp", alert=alert)["nodes"]:
        if node.get("recipients"):
            print(f"  {node['area_name']}: {node.get('answered', 0)} of {node['recipients']} answered")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="127.0.0.1:7400")
    parser.add_argument("--accounts", required=True, help="file of accounts and passwords")
    parser.add_argument("--ca", default="", help="certificate authority, PEM: use TLS")
    options = parser.parse_args()
    passwords = read_accounts(options.accounts)

    duty = sign_in(options, passwords, DUTY, "posts/district-duty")
    incident = handle(duty)
    alert = notify(duty, incident)
    show_answers(duty, alert)

    # Posts answer, by whoever holds them now; read is not answered.
    holder = duty.call(DIRECTORY + "WhoHolds", posts=[SUBDISTRICT_POST])["holders"][0]
    answerer = sign_in(options, passwords, holder["account"].removeprefix("accounts/"), SUBDISTRICT_POST)
    answerer.call(ALERT + "Answer", alert=alert, kind="ON_POST", channel="app")
    print(f"{holder['person_name']} answered for {holder['post_title']}")
    show_answers(duty, alert)

    try:
        duty.call(ALERT + "IssueNotice", title="", text="x", target_areas=["999"], refers_to=incident)
    except Refused as refused:
        print(f"and a bad one is refused, with what to do:\n{refused}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
