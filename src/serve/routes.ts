/** Which operation of API Gateway a request is, by its method and its path. */

/** What the parts of a path stand for, by their names in the template; decoded, and not yet checked. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Route {
  readonly operation: string;
  readonly parameters: PathParameters;
}

// All of API Gateway's operations, so that one that is not served is refused by its name.
const operationsByPath: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/account': { GET: 'GetAccount', PATCH: 'UpdateAccount' },
  '/apikeys': { GET: 'GetApiKeys', POST: 'CreateApiKey' },
  '/apikeys/{apiKey}': { GET: 'GetApiKey', PATCH: 'UpdateApiKey', DELETE: 'DeleteApiKey' },
  '/clientcertificates': { GET: 'GetClientCertificates', POST: 'GenerateClientCertificate' },
  '/clientcertificates/{clientcertificateId}': {
    GET: 'GetClientCertificate',
    PATCH: 'UpdateClientCertificate',
    DELETE: 'DeleteClientCertificate',
  },
  '/domainnameaccessassociations': {
    GET: 'GetDomainNameAccessAssociations',
    POST: 'CreateDomainNameAccessAssociation',
  },
  '/domainnameaccessassociations/{domainNameAccessAssociationArn}': { DELETE: 'DeleteDomainNameAccessAssociation' },
  '/domainnames': { GET: 'GetDomainNames', POST: 'CreateDomainName' },
  '/domainnames/{domainName}': { GET: 'GetDomainName', PATCH: 'UpdateDomainName', DELETE: 'DeleteDomainName' },
  '/domainnames/{domainName}/basepathmappings': { GET: 'GetBasePathMappings', POST: 'CreateBasePathMapping' },
  '/domainnames/{domainName}/basepathmappings/{basePath}': {
    GET: 'GetBasePathMapping',
    PATCH: 'UpdateBasePathMapping',
    DELETE: 'DeleteBasePathMapping',
  },
  '/rejectdomainnameaccessassociations': { POST: 'RejectDomainNameAccessAssociation' },
  '/restapis': { GET: 'GetRestApis', POST: 'CreateRestApi' },
  '/restapis/{restApiId}': { GET: 'GetRestApi', PUT: 'PutRestApi', PATCH: 'UpdateRestApi', DELETE: 'DeleteRestApi' },
  '/restapis/{restApiId}/authorizers': { GET: 'GetAuthorizers', POST: 'CreateAuthorizer' },
  '/restapis/{restApiId}/authorizers/{authorizerId}': {
    GET: 'GetAuthorizer',
    POST: 'TestInvokeAuthorizer',
    PATCH: 'UpdateAuthorizer',
    DELETE: 'DeleteAuthorizer',
  },
  '/restapis/{restApiId}/deployments': { GET: 'GetDeployments', POST: 'CreateDeployment' },
  '/restapis/{restApiId}/deployments/{deploymentId}': {
    GET: 'GetDeployment',
    PATCH: 'UpdateDeployment',
    DELETE: 'DeleteDeployment',
  },
  '/restapis/{restApiId}/documentation/parts': {
    GET: 'GetDocumentationParts',
    POST: 'CreateDocumentationPart',
    PUT: 'ImportDocumentationParts',
  },
  '/restapis/{restApiId}/documentation/parts/{partId}': {
    GET: 'GetDocumentationPart',
    PATCH: 'UpdateDocumentationPart',
    DELETE: 'DeleteDocumentationPart',
  },
  '/restapis/{restApiId}/documentation/versions': {
    GET: 'GetDocumentationVersions',
    POST: 'CreateDocumentationVersion',
  },
  '/restapis/{restApiId}/documentation/versions/{docVersion}': {
    GET: 'GetDocumentationVersion',
    PATCH: 'UpdateDocumentationVersion',
    DELETE: 'DeleteDocumentationVersion',
  },
  '/restapis/{restApiId}/gatewayresponses': { GET: 'GetGatewayResponses' },
  '/restapis/{restApiId}/gatewayresponses/{responseType}': {
    GET: 'GetGatewayResponse',
    PUT: 'PutGatewayResponse',
    PATCH: 'UpdateGatewayResponse',
    DELETE: 'DeleteGatewayResponse',
  },
  '/restapis/{restApiId}/models': { GET: 'GetModels', POST: 'CreateModel' },
  '/restapis/{restApiId}/models/{modelName}': { GET: 'GetModel', PATCH: 'UpdateModel', DELETE: 'DeleteModel' },
  '/restapis/{restApiId}/models/{modelName}/default_template': { GET: 'GetModelTemplate' },
  '/restapis/{restApiId}/requestvalidators': { GET: 'GetRequestValidators', POST: 'CreateRequestValidator' },
  '/restapis/{restApiId}/requestvalidators/{requestvalidatorId}': {
    GET: 'GetRequestValidator',
    PATCH: 'UpdateRequestValidator',
    DELETE: 'DeleteRequestValidator',
  },
  '/restapis/{restApiId}/resources': { GET: 'GetResources' },
  '/restapis/{restApiId}/resources/{parentId}': { POST: 'CreateResource' },
  '/restapis/{restApiId}/resources/{resourceId}': {
    GET: 'GetResource',
    PATCH: 'UpdateResource',
    DELETE: 'DeleteResource',
  },
  '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}': {
    GET: 'GetMethod',
    POST: 'TestInvokeMethod',
    PUT: 'PutMethod',
    PATCH: 'UpdateMethod',
    DELETE: 'DeleteMethod',
  },
  '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}/integration': {
    GET: 'GetIntegration',
    PUT: 'PutIntegration',
    PATCH: 'UpdateIntegration',
    DELETE: 'DeleteIntegration',
  },
  '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}/integration/responses/{statusCode}': {
    GET: 'GetIntegrationResponse',
    PUT: 'PutIntegrationResponse',
    PATCH: 'UpdateIntegrationResponse',
    DELETE: 'DeleteIntegrationResponse',
  },
  '/restapis/{restApiId}/resources/{resourceId}/methods/{httpMethod}/responses/{statusCode}': {
    GET: 'GetMethodResponse',
    PUT: 'PutMethodResponse',
    PATCH: 'UpdateMethodResponse',
    DELETE: 'DeleteMethodResponse',
  },
  '/restapis/{restApiId}/stages': { GET: 'GetStages', POST: 'CreateStage' },
  '/restapis/{restApiId}/stages/{stageName}': { GET: 'GetStage', PATCH: 'UpdateStage', DELETE: 'DeleteStage' },
  '/restapis/{restApiId}/stages/{stageName}/cache/authorizers': { DELETE: 'FlushStageAuthorizersCache' },
  '/restapis/{restApiId}/stages/{stageName}/cache/data': { DELETE: 'FlushStageCache' },
  '/restapis/{restApiId}/stages/{stageName}/exports/{exportType}': { GET: 'GetExport' },
  '/restapis/{restApiId}/stages/{stageName}/sdks/{sdkType}': { GET: 'GetSdk' },
  '/sdktypes': { GET: 'GetSdkTypes' },
  '/sdktypes/{sdktypeId}': { GET: 'GetSdkType' },
  '/tags/{resourceArn}': { GET: 'GetTags', PUT: 'TagResource', DELETE: 'UntagResource' },
  '/usageplans': { GET: 'GetUsagePlans', POST: 'CreateUsagePlan' },
  '/usageplans/{usageplanId}': { GET: 'GetUsagePlan', PATCH: 'UpdateUsagePlan', DELETE: 'DeleteUsagePlan' },
  '/usageplans/{usageplanId}/keys': { GET: 'GetUsagePlanKeys', POST: 'CreateUsagePlanKey' },
  '/usageplans/{usageplanId}/keys/{keyId}': { GET: 'GetUsagePlanKey', DELETE: 'DeleteUsagePlanKey' },
  '/usageplans/{usageplanId}/keys/{keyId}/usage': { PATCH: 'UpdateUsage' },
  '/usageplans/{usageplanId}/usage': { GET: 'GetUsage' },
  '/vpclinks': { GET: 'GetVpcLinks', POST: 'CreateVpcLink' },
  '/vpclinks/{vpclinkId}': { GET: 'GetVpcLink', PATCH: 'UpdateVpcLink', DELETE: 'DeleteVpcLink' },
};

type Template = readonly [segments: readonly string[], operations: Readonly<Record<string, string>>];

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1);

const templates: readonly Template[] = Object.entries(operationsByPath).map(([path, operations]) => [
  segmentsOf(path),
  operations,
]);

const nameIn = (segment: string): string | undefined => /^\{(\w+)\}$/.exec(segment)?.[1];

/** Undefined for what is no percent-encoding. */
const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

// A parameter is one segment as it was sent: a slash that is encoded in it never makes two of it.
const matches = (template: readonly string[], segments: readonly string[]): boolean =>
  template.length === segments.length &&
  template.every((part, index) => (nameIn(part) === undefined ? part === segments[index] : segments[index] !== ''));

const parametersOf = (template: readonly string[], segments: readonly string[]): PathParameters =>
  Object.fromEntries(
    template.flatMap((part, index) => {
      const name = nameIn(part);
      return name === undefined ? [] : [[name, decode(segments[index] ?? '') ?? '']];
    }),
  );

/** The operation that a request asks for; undefined where API Gateway has none such. `path` is without the query. */
export const routeOf = (method: string, path: string): Route | undefined => {
  const segments = segmentsOf(path);
  const found = templates.find(([template]) => matches(template, segments));
  if (found === undefined) return undefined;
  const [template, operations] = found;
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  return operation === undefined ? undefined : { operation, parameters: parametersOf(template, segments) };
};

/** Every operation that API Gateway has, in the order of the paths. */
export const operationNames: readonly string[] = templates.flatMap(([, operations]) => Object.values(operations));
