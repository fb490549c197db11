"""Makes an API in moto_server, reads a stage back, or measures: moto.py URL make | read API | measure FROM ERRORS."""

import json
import sys
from datetime import datetime, timedelta, timezone

import boto3

_, url, what, *rest = sys.argv
client = boto3.client("apigateway", endpoint_url=url)


def make():
    api = client.create_rest_api(name="orders-api")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    pets = client.create_resource(restApiId=api, parentId=root, pathPart="pets")["id"]
    client.put_method(restApiId=api, resourceId=pets, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=pets, httpMethod="GET", type="MOCK")
    deployments = [client.create_deployment(restApiId=api)["id"] for _ in range(2)]
    client.create_stage(
        restApiId=api,
        stageName="prod",
        deploymentId=deployments[0],
        description="old",
        variables={"color": "red", "size": "1"},
    )
    return {"api": api, "deployments": deployments}


def read():
    answer = client.get_stage(restApiId=rest[0], stageName="prod")
    answer.pop("ResponseMetadata")
    return answer


def measure():
    """Puts two minutes of requests, and alarms. FROM is in milliseconds since 1970, ERRORS counts the canary's."""
    start, errors = datetime.fromtimestamp(int(rest[0]) / 1000, timezone.utc), int(rest[1])
    cloudwatch = boto3.client("cloudwatch", endpoint_url=url)
    for stage, failed in (("prod", 1), ("prod/Canary", errors)):
        dimensions = [{"Name": "ApiName", "Value": "orders-api"}, {"Name": "Stage", "Value": stage}]
        for minute in range(2):
            # A value, and the number of times it was measured.
            metrics = {"Count": {1: 100}, "5XXError": {1: failed, 0: 100 - failed}, "Latency": {100: 50, 300: 50}}
            data = [
                {
                    "MetricName": name,
                    "Dimensions": dimensions,
                    "Timestamp": start + timedelta(minutes=minute),
                    "Values": list(values.keys()),
                    "Counts": list(values.values()),
                }
                for name, values in metrics.items()
            ]
            cloudwatch.put_metric_data(Namespace="AWS/ApiGateway", MetricData=data)
    for name, state in (("fine", "OK"), ("loud", "ALARM"), ("new", "INSUFFICIENT_DATA")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/ApiGateway",
            MetricName="5XXError",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="The test says so.")
    return {}


print(json.dumps({"make": make, "read": read, "measure": measure}[what](), default=str))
