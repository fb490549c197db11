"""Makes an API in moto_server, or reads a stage back: moto.py URL make | read API."""

import json
import sys

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


print(json.dumps({"make": make, "read": read}[what](), default=str))
