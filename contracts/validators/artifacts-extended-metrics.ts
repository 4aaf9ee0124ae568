// GENERATED from schemas/ by `npm run contracts`. Do not edit.
// @ts-nocheck
var m=s,p=s;function s(e,{instancePath:c="",parentData:o,parentDataProperty:n,rootData:i=e}={}){let t=null,r=0;if(!(e&&typeof e=="object"&&!Array.isArray(e))){let a={instancePath:c,schemaPath:"https://quantlab.dev/schemas/1.0/artifacts/extended-metrics.schema.json/type",keyword:"type",params:{type:"object"},message:"must be object"};t===null?t=[a]:t.push(a),r++}return s.errors=t,r===0}export{p as default,m as validate};
