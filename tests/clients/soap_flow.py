"""zeep, a SOAP client, from the WSDL through an instance's whole life: soap_flow.py ENDPOINT

The user and the password are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import os
import sys
import time

import zeep
from requests import Session
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

PATIENCE = 60
USER, PASSWORD = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
WSDL = sys.argv[1] + "?wsdl"


def client(password=PASSWORD):
    return zeep.Client(WSDL, wsse=UsernameToken(USER, password)).service


def texts(answer, name):
    """The texts of all elements of this name in an answer."""
    return [found.text for part in answer["_value_1"] or [] for found in part.iter("{*}" + name)]


def refused(code, ask, *args, **parameters):
    try:
        ask(*args, **parameters)
    except zeep.exceptions.Fault as fault:
        assert fault.code == "soap:Client", fault.code
        assert [found.text for found in fault.detail.iter("Code")] == [code], fault.message
    else:
        raise AssertionError(f"{code} is expected")


def wait(ec2, instance, wanted):
    end = time.monotonic() + PATIENCE
    while True:
        answer = ec2.DescribeInstances(instanceIdSet={"item": [instance]})
        [part] = [found for part in answer["_value_1"] for found in part.iter("{*}instanceState")]
        now = part.findtext("{*}name")
        if now == wanted:
            return
        assert time.monotonic() < end, f"{instance} is {now} and not {wanted}"
        time.sleep(0.1)


ec2 = client()
images = ec2.DescribeImages()
assert images["requestId"]
image = texts(images, "imageId")[0]
state_of_image = {"item": [{"name": "image-id", "valueSet": {"item": [image]}}]}
assert texts(ec2.DescribeImages(filterSet=state_of_image), "imageId") == [image]

made = ec2.RunInstances(imageId=image, minCount="1", maxCount="1")
[instance] = texts(made, "instanceId")
wait(ec2, instance, "running")
assert texts(ec2.StopInstances(instanceIdSet={"item": [instance]}, force="true"), "instanceId") == [instance]
wait(ec2, instance, "stopped")
ec2.TerminateInstances(instanceIdSet={"item": [instance]})
wait(ec2, instance, "terminated")

refused("InvalidParameterValue", ec2.DescribeImages, maxResults="many")
refused("MissingParameter", ec2.StartInstances)
refused("AuthFailure", client("wrong").DescribeImages)

session = Session()
session.auth = (USER, PASSWORD)
by_basic = zeep.Client(WSDL, transport=Transport(session=session)).service
assert texts(by_basic.DescribeImages(), "imageId"), "there are images"
