"""Makes the UpdateStage calls that come on stdin, a JSON list, and prints what boto3 got of each."""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"total_max_attempts": 1}, proxies={})
client = boto3.client("apigateway", endpoint_url=sys.argv[1], config=config)


def seconds(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(value)


def answer(call):
    try:
        stage = client.update_stage(**call)
    except ClientError as error:
        response = error.response
        return {
            "error": response["Error"]["Code"],
            "message": response["Error"]["Message"],
            "status": response["ResponseMetadata"]["HTTPStatusCode"],
        }
    del stage["ResponseMetadata"]
    return {"stage": stage}


json.dump([answer(call) for call in json.load(sys.stdin)], sys.stdout, default=seconds)
